# SPDX-License-Identifier: BSD-2-Clause
# Common to all figures. Ours are solid, the paper's are outlined or dashed. Colours that
# all eyes tell apart, and that differ in lightness when printed in grey.
set datafile separator ","
set datafile missing ""
set key autotitle columnhead
set border 3 lc rgb "#444444"
set tics nomirror textcolor rgb "#222222"
set grid ytics lc rgb "#dddddd" lw 1

OPTIMIZED = "#14507f"
BASELINE = "#dd7f45"
OPTIMIZED_COLD = "#b9d2e8"
BASELINE_COLD = "#f6dcc8"
PAPER_L3 = "#7fb2d9"
PAPER_MACH = "#e8b08a"
GNU_MACH = "#8d62b0"
PAPER_L3_COLD = "#cfe2f0"
# A step that saves or adds something.
LESS = "#7fb2d9"
MORE = "#e8b08a"

# As with "lc rgb variable" wants it.
number(colour) = int("0x".colour[2:7])
