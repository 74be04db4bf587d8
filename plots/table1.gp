# SPDX-License-Identifier: BSD-2-Clause
# The paper's table 1: a panel for each size, a row for each switch. Filled: ours,
# outlined below it: the paper's. What does not fit in ends at the panel's edge.
count = words(sizes)
left = 0.215
width = (0.985 - left) / count

set multiplot title "Table 1: increase of the time of one message when one technique is removed, %\n\
one way, warm; filled: optimized (ours, i486 model), outlined: L3 (paper, measured)"
set yrange [switches - 0.4:-0.6]
set xrange [-10:90]
set xtics 0,50
set mxtics 5
set grid noytics xtics
set border 1
set tmargin at screen 0.83
set bmargin at screen 0.07
unset key

text(percent) = sprintf("%.*f", abs(percent) < 9.95 ? 1 : 0, percent)
inside(percent) = percent > 88 ? 88 : percent < -10 ? -10 : percent
# Where a bar ends, and its number: behind it, or before the edge.
place(percent) = inside(percent) > 62 ? 62 : inside(percent) > 0 ? inside(percent) : 0

do for [panel = 1:count] {
	size = word(sizes, panel)
	set lmargin at screen left + (panel - 1) * width
	set rmargin at screen left + (panel - 0.06) * width
	set title size . " bytes" offset 0,-0.5
	if (panel == 1) { set ytics scale 0 } else { set ytics scale 0 format "" }
	plot data using (0):0:(0):(inside(column("ours_" . size))):($0 - 0.36):($0 + 0.04):yticlabels(panel == 1 ? strcol(1) : "") \
	         with boxxyerror fill solid lc rgb OPTIMIZED, \
	     "" using (0):0:(0):(inside(column("paper_" . size))):($0 + 0.06):($0 + 0.42) \
	         with boxxyerror fill pattern 4 lc rgb PAPER_L3, \
	     "" using (place(column("ours_" . size))):($0 - 0.16):(text(column("ours_" . size))) \
	         with labels left offset 0.3,0 font ",10", \
	     "" using (place(column("paper_" . size))):($0 + 0.24):(text(column("paper_" . size))) \
	         with labels left offset 0.3,0 font ",10" textcolor rgb "#5588aa"
}
unset multiplot
