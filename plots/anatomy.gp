# SPDX-License-Identifier: BSD-2-Clause
# From GNU Mach over our baseline to the optimized kernel: what each group of a message's
# cycles adds or saves. A whole kernel's bar begins at 0.
set title "Where the cycles of a message of 8 bytes go, from Mach to L3's design\n\
one way, warm, between two spaces (i486 model); behind the bars: cycles"
set grid noytics xtics
set ytics scale 0 noenhanced
set border 1
unset key
set lmargin at screen 0.27
set rmargin at screen 0.96
stats data using "to" nooutput
set yrange [rows - 0.4:-0.6]
set xrange [0:1.12 * STATS_max]

colour(whole, name, from, to) = number(whole > 0 ? (name eq "optimized" ? OPTIMIZED : name eq "baseline" ? BASELINE : GNU_MACH) \
	: to > from ? MORE : LESS)
text(whole, from, to) = whole > 0 ? sprintf("%.0f", to) : sprintf("%+.0f", to - from)
higher(a, b) = a > b ? a : b

plot data using (0):0:"from":"to":($0 - 0.36):($0 + 0.36):(colour(column("whole"), strcol(1), column("from"), column("to"))):yticlabels(strcol(1)) \
         with boxxyerror fill solid lc rgb variable, \
     "" using (higher(column("from"), column("to"))):0:(text(column("whole"), column("from"), column("to"))) \
         with labels left offset 0.4,0
