# SPDX-License-Identifier: BSD-2-Clause
# How many messages there are to an operation on the ready queue (5.3.4).
set title "Lazy scheduling (5.3.4): messages for each operation on the ready queue"
set xlabel "messages a second, of a load of clients, servers and timeslices"
set ylabel "messages to an operation (counted)"
set logscale xy
set xrange [400:40000]
set yrange [0.2:200]
set ytics (0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200)
set xtics (500, 1000, 2000, 5000, 10000, 20000)
set key top left reverse Left

LAZY = "optimized"
EAGER = "optimized-lazy_scheduling"
rate(kernel) = column("rate ".kernel)
ratio(kernel) = column("ratio ".kernel)

set object 1 rectangle from graph 0, first low to graph 1, first high behind \
    fillcolor rgb PAPER_L3 fillstyle transparent solid 0.3 noborder
set label 1 sprintf("paper: typically %d to %d", low, high) at 430, sqrt(low * high)
set arrow 1 from graph 0, first peak to graph 1, first peak nohead dt 2 lc rgb PAPER_L3
set label 2 sprintf("paper: up to %d", peak) at 430, 0.83 * peak

plot data using (rate(LAZY)):(ratio(LAZY)) with linespoints \
         lc rgb OPTIMIZED lw 3 pt 7 title "optimized (ours)", \
     "" using (rate(EAGER)):(ratio(EAGER)) with linespoints \
         lc rgb BASELINE lw 3 pt 5 title "without lazy scheduling (ours)"
