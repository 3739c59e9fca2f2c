// Runs programs on avr8js and prints what they write to GPIOR0, as JSON: for each Intel HEX file on
// the command line a list of [value, cycle at the start of the OUT instruction], up to the first 255.
import { readFileSync } from 'node:fs';
import { CPU, avrInstruction } from 'avr8js';

const GPIOR0 = 0x3e; // as a data address; ATmega328P datasheet, section 30
const SRAM_BYTES = 2048;
const FLASH_BYTES = 32768;
const DATA = 0;
const DONE = 255;
const LIMIT_CYCLES = 1e9;

function flashImage(hex) {
  const flash = new Uint8Array(FLASH_BYTES).fill(0xff);
  for (const line of hex.split(/\r?\n/)) {
    const record = Buffer.from(line.slice(1), 'hex');
    if (line[0] === ':' && record[3] === DATA)
      flash.set(record.subarray(4, 4 + record[0]), record.readUInt16BE(1));
  }
  return flash;
}

function marks(hex) {
  const cpu = new CPU(new Uint16Array(flashImage(hex).buffer), SRAM_BYTES);
  const seen = [];
  cpu.writeHooks[GPIOR0] = (value) => {
    seen.push([value, cpu.cycles]);
    return false;
  };
  while (seen.at(-1)?.[0] !== DONE) {
    avrInstruction(cpu);
    if (cpu.cycles > LIMIT_CYCLES) throw new Error(`no mark ${DONE} in ${LIMIT_CYCLES} cycles`);
  }
  return seen;
}

const files = process.argv.slice(2);
console.log(JSON.stringify(files.map((file) => marks(readFileSync(file, 'ascii')))));
