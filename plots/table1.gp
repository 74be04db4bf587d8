# SPDX-License-Identifier: BSD-2-Clause
# The paper's table 1: a panel for each size, a row for each switch; below a line two for
# all of them. A bar that would leave its panel is cut.
count = words(sizes)
left = 0.225
width = (0.985 - left) / count
small = GPVAL_TERM eq "svg" ? ",10" : ",14"

set multiplot title "Table 1: increase of the time of one message when one technique is removed, %\n\
one way, warm; filled: optimized (ours, i486 model; behind it us), hatched: L3 (paper, measured)"
set yrange [switches + 1.6:-0.6]
set xrange [-12:200]
set xtics 0,50,100
set mxtics 5
set ytics scale 0 noenhanced
set grid noytics xtics
set border 1
set tmargin at screen 1 - 84.0 / height
set bmargin at screen 36.0 / height
unset key

most = 100
end(percent) = percent > most ? most : percent < -10 ? -10 : percent
behind(percent) = end(percent) > 0 ? end(percent) : 0
cut(percent) = percent > most ? most - 12 : NaN
# Nothing is not -0.0.
short(x) = abs(x) < 0.05 ? "0.0" : sprintf(abs(x) < 9.95 ? "%.1f" : "%.0f", x)
ours(percent, us) = short(percent) . "  (" . short(us) . ")"
papers(percent) = percent == percent ? sprintf("%.0f", percent) : ""

# The rows are named left of the first panel.
name(n) = panel == 1 ? strcol(1) : ""

do for [panel = 1:count] {
	size = word(sizes, panel)
	our = "ours_" . size
	us = "us_" . size
	paper = "paper_" . size
	set lmargin at screen left + (panel - 1) * width
	set rmargin at screen left + (panel - 0.06) * width
	set title size . " bytes" offset 0,-0.5
	set arrow 1 from -12, switches - 0.5 to 200, switches - 0.5 nohead lc rgb "#999999"
	plot data using (0):0:(0):(end(column(our))):($0 - 0.36):($0 + 0.04):yticlabels(name(0)) \
	         with boxxyerror fill solid lc rgb OPTIMIZED, \
	     "" using (0):0:(0):(end(column(paper))):($0 + 0.06):($0 + 0.42) \
	         with boxxyerror fill pattern 4 lc rgb PAPER_L3, \
	     "" using (0):0:(cut(column(our))):(cut(column(our)) + 3):($0 - 0.4):($0 + 0.05) \
	         with boxxyerror fill solid noborder lc rgb "white", \
	     "" using (0):0:(cut(column(paper))):(cut(column(paper)) + 3):($0 + 0.05):($0 + 0.46) \
	         with boxxyerror fill solid noborder lc rgb "white", \
	     "" using (behind(column(our))):($0 - 0.16):(ours(column(our), column(us))) \
	         with labels left offset 0.3,0 font small, \
	     "" using (behind(column(paper))):($0 + 0.24):(papers(column(paper))) \
	         with labels left offset 0.3,0 font small textcolor rgb "#5588aa"
}
unset multiplot
