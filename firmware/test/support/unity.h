/* As much of Unity's interface as these tests use, for machines that cannot fetch
 * throwtheswitch/Unity; lines come out as Unity writes them, for PlatformIO to read. */
#ifndef TEST_SUPPORT_UNITY_H
#define TEST_SUPPORT_UNITY_H

#include <setjmp.h>
#include <stdint.h>

#include "unity_config.h" /* by PlatformIO: UNITY_OUTPUT_CHAR() and so on */

#ifdef __AVR__ /* texts stay in flash: the tracker leaves no SRAM for them */
#include <avr/pgmspace.h>
#else
#define PSTR(text) text
#define pgm_read_byte(at) (*(at))
#endif

#ifdef __cplusplus
extern "C" {
#endif
void setUp(void);
void tearDown(void);
#ifdef __cplusplus
}
#endif

static struct {
  int tests, failures;
  const char *file, *name;
  jmp_buf out;
} unity;

static void unity_text(const char *text) { /* PSTR */
  char letter;
  while ((letter = (char)pgm_read_byte(text++)))
    UNITY_OUTPUT_CHAR((unsigned char)letter);
}

static void unity_number(long number) {
  unsigned long left = number < 0 ? 0ul - (unsigned long)number : (unsigned long)number;
  unsigned long unit = 1;
  while (left / unit >= 10)
    unit *= 10;
  if (number < 0)
    UNITY_OUTPUT_CHAR('-');
  for (; unit; unit /= 10)
    UNITY_OUTPUT_CHAR((unsigned char)('0' + left / unit % 10));
}

static void unity_line(int line, const char *what) {
  unity_text(unity.file);
  unity_text(PSTR(":"));
  unity_number(line);
  unity_text(PSTR(":"));
  unity_text(unity.name);
  unity_text(PSTR(":"));
  unity_text(what);
}

static void unity_equal(long expected, long actual, int line) {
  if (expected == actual)
    return;
  unity_line(line, PSTR("FAIL: Expected "));
  unity_number(expected);
  unity_text(PSTR(" Was "));
  unity_number(actual);
  unity_text(PSTR("\n"));
  longjmp(unity.out, 1);
}

static void unity_run(void (*test)(void), const char *name, int line) {
  unity.name = name;
  unity.tests++;
  if (setjmp(unity.out)) {
    unity.failures++;
  } else {
    setUp();
    test();
    unity_line(line, PSTR("PASS\n"));
  }
  tearDown();
}

static void unity_begin(const char *file) {
  UNITY_OUTPUT_START();
  unity.file = file;
  unity.tests = unity.failures = 0;
}

static int unity_end(void) {
  unity_text(PSTR("\n-----------------------\n"));
  unity_number(unity.tests);
  unity_text(PSTR(" Tests "));
  unity_number(unity.failures);
  unity_text(PSTR(" Failures 0 Ignored\n"));
  unity_text(unity.failures ? PSTR("FAIL\n") : PSTR("OK\n"));
  UNITY_OUTPUT_FLUSH();
  UNITY_OUTPUT_COMPLETE();
  return unity.failures;
}

#define UNITY_BEGIN() unity_begin(PSTR(__FILE__))
#define UNITY_END() unity_end()
#define RUN_TEST(test) unity_run(test, PSTR(#test), __LINE__)
#define TEST_ASSERT_EQUAL_INT32(expected, actual)                                                  \
  unity_equal((int32_t)(expected), (int32_t)(actual), __LINE__)
#define TEST_ASSERT_EQUAL_INT(expected, actual) TEST_ASSERT_EQUAL_INT32(expected, actual)
#define TEST_ASSERT_EQUAL_HEX16(expected, actual)                                                  \
  TEST_ASSERT_EQUAL_INT32((uint16_t)(expected), (uint16_t)(actual))
#define TEST_ASSERT_TRUE(condition) TEST_ASSERT_EQUAL_INT32(1, (condition) ? 1 : 0)
#define TEST_ASSERT_FALSE(condition) TEST_ASSERT_EQUAL_INT32(0, (condition) ? 1 : 0)

#endif
