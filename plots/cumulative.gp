# SPDX-License-Identifier: BSD-2-Clause
# From the baseline to the optimized kernel, a switch after the other: each bar goes
# from the time before to the time after.
count = words(sizes)
left = 0.235
width = (0.985 - left) / count
small = GPVAL_TERM eq "svg" ? ",10" : ",14"

set multiplot title sprintf("From baseline to optimized, one switch after the other\n\
us of one message, one way, warm (i486 model, 486DX at %d MHz)", mhz)
set grid noytics xtics
set ytics scale 0 noenhanced
set border 1
set tmargin at screen 1 - 84.0 / height
set bmargin at screen 36.0 / height
unset key

colour(row, from, to) = number(row == 0 ? BASELINE : row == rows - 1 ? OPTIMIZED : to > from ? MORE : LESS)
text(row, from, to) = row == 0 || row == rows - 1 ? sprintf("%.1f", to) : sprintf("%+.1f", to - from)
higher(a, b) = a > b ? a : b

# The rows are named left of the first panel.
name(n) = panel == 1 ? strcol(1) : ""

do for [panel = 1:count] {
	size = word(sizes, panel)
	from = "from_" . size
	to = "to_" . size
	set yrange [*:*]
	set xrange [*:*]
	stats data using to nooutput
	set yrange [rows - 0.4:-0.6]
	set xrange [0:1.16 * STATS_max]
	set lmargin at screen left + (panel - 1) * width
	set rmargin at screen left + (panel - 0.06) * width
	set title size . " bytes" offset 0,-0.5
	plot data using (0):0:(column(from)):(column(to)):($0 - 0.36):($0 + 0.36):(colour($0, column(from), column(to))):yticlabels(name(0)) \
	         with boxxyerror fill solid lc rgb variable, \
	     "" using (higher(column(from), column(to))):0:(text($0, column(from), column(to))) \
	         with labels left offset 0.4,0 font small
}
unset multiplot
