# SPDX-License-Identifier: GPL-3.0-or-later
# What every test may count on; read by `make check`, or by hand: . tests/environment.sh
#   SRC, BUILD         the source and the build folder (. and build)
#   OSISCOPE           the program to test
#   OSISCOPE_CAPTURES  a folder of captures with what tshark says of them (tests/run/agree)
#   OSISCOPE_CI        1: a test that cannot run here has failed
#   OSISCOPE_UPDATE    1: write expected outputs anew instead of comparing with them
SRC=$(cd "${SRC:-.}" && pwd)
BUILD=$(cd "${BUILD:-build}" && pwd)
OSISCOPE=${OSISCOPE:-$BUILD/osiscope}
OSISCOPE_LOCALEDIR=$BUILD/locale
OSISCOPE_PROGRAMS=$BUILD
OSISCOPE_CAPTURES=${OSISCOPE_CAPTURES:-$SRC/../shared}
LC_ALL=C.UTF-8
TZ=UTC
TERM=xterm-256color
CMOCKA_MESSAGE_OUTPUT=TAP
ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0:exitcode=99}
UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
unset LANGUAGE COLUMNS LINES SSLKEYLOGFILE
export SRC BUILD OSISCOPE OSISCOPE_LOCALEDIR OSISCOPE_PROGRAMS OSISCOPE_CAPTURES LC_ALL TZ TERM
export CMOCKA_MESSAGE_OUTPUT ASAN_OPTIONS UBSAN_OPTIONS
