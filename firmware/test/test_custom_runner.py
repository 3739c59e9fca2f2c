"""Unity's output without Unity's source, which PlatformIO would fetch from its registry.

test/support/unity.h has as much of Unity as the tests use. `pio test -e uno`, with PlatformIO's own
platform, takes the real one.
"""

from platformio.public import UnityTestRunner


class CustomTestRunner(UnityTestRunner):
    EXTRA_LIB_DEPS = None

    def configure_build_env(self, env):
        env.Append(CPPPATH=["$PROJECT_TEST_DIR/support"])
        return super().configure_build_env(env)
