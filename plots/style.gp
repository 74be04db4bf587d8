# SPDX-License-Identifier: BSD-2-Clause
# Common to all figures. Ours are solid, the paper's are outlined or dashed.
set datafile separator ","
set datafile missing ""
set key autotitle columnhead
set border 3 lc rgb "#444444"
set tics nomirror textcolor rgb "#222222"
set grid ytics lc rgb "#dddddd" lw 1

OPTIMIZED = "#1b6ca8"
BASELINE = "#c8553d"
OPTIMIZED_COLD = "#c3d9ec"
BASELINE_COLD = "#f1cfc6"
PAPER_L3 = "#7fb2d9"
PAPER_MACH = "#e3a08f"
GNU_MACH = "#7a4f9c"
PAPER_L3_COLD = "#cfe2f0"
