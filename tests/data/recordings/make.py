"""Makes lesson.fixrec anew: python tests/data/recordings/make.py

Needed after every change of protocol, formats or firmware, as recordings of another are refused.
"""

from pathlib import Path

from fixprop.recording.take import Plan, take

LESSON = Path(__file__).with_name("lesson.fixrec")
TEACH_S, AFTER_S, SEED = 12, 3.0, 7


def main() -> None:
    """A lesson on the simulated Uno and three seconds after it, then its weights."""
    LESSON.unlink(missing_ok=True)
    taken = take(Plan("sim://", LESSON, AFTER_S, TEACH_S, SEED, speed=0))
    print(f"{LESSON.name}: {taken.seconds:.1f} s, {taken.file_bytes:,} bytes")


if __name__ == "__main__":
    main()
