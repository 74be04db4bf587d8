# SPDX-License-Identifier: BSD-2-Clause
# What sleeping threads cost (5.3.3): each clock interrupt, each call with a timeout.
set multiplot layout 1,2 title \
    "Timeouts (5.3.3): 8 unordered wakeup lists, or one list sorted by time"
set xlabel "sleeping threads"
set xrange [0:850]
set xtics 200
set yrange [0:10000]
set key top left reverse Left

LISTS = "optimized"
SORTED = "optimized-wakeup_lists"
cost(what, kernel) = column(what." ".kernel)

set title "a clock interrupt"
set ylabel "cycles (i486 model)"
plot data using "sleepers":(cost("clock_interrupt", LISTS)) with linespoints \
         lc rgb OPTIMIZED lw 3 pt 7 title "lists, all wake soon", \
     "" using "sleepers":(cost("clock_interrupt_far", LISTS)) with linespoints \
         lc rgb OPTIMIZED lw 2 dt 2 pt 6 title "lists, all wake late", \
     "" using "sleepers":(cost("clock_interrupt", SORTED)) with linespoints \
         lc rgb BASELINE lw 3 pt 5 title "sorted list"

set title "a call with a timeout, round trip"
unset ylabel
set yrange [0:40000]
plot data using "sleepers":(cost("call_with_timeout", LISTS)) with linespoints \
         lc rgb OPTIMIZED lw 3 pt 7 title "lists", \
     "" using "sleepers":(cost("call_with_timeout", SORTED)) with linespoints \
         lc rgb BASELINE lw 3 pt 5 title "sorted list, all wake before", \
     "" using "sleepers":(cost("call_with_timeout_far", SORTED)) with linespoints \
         lc rgb BASELINE lw 2 dt 2 pt 4 title "sorted list, all wake after"
unset multiplot
