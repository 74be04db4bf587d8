# SPDX-License-Identifier: BSD-2-Clause
# Where the cycles of one round trip go: a bar for each phase, stacked by cause.
set title title_text
set style data histograms
set style histogram rowstacked
set boxwidth 0.6
set ylabel "cycles of one round trip (i486 model)"
set yrange [0:*]
set xrange [-0.6:*]
set key outside right top reverse Left invert

colours = "#0072b2 #14304a #d55e00 #56b4e9 #009e73 #f0e442 #cc79a7 #888888"

plot for [n = 2:columns] data using n:xticlabels(1) \
         fill solid lc rgb word(colours, n - 1) title columnheader(n), \
     data using ($0):(column("all")):(sprintf("%d", column("all"))) \
         with labels offset 0,0.7 notitle
