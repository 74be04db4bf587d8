# SPDX-License-Identifier: BSD-2-Clause
# A stream of items to another address space, each by IPC, or by a ring in shared memory
# with a notification only when the ring was empty.
set title "A stream of 8-byte items between two address spaces"
set xlabel "items in a burst"
set ylabel "cycles an item, one way (i486 model)"
set logscale x 2
set xrange [0.9:300]
set logscale y
set yrange [10:50000]
set xtics (1, 2, 4, 8, 16, 32, 64, 128, 256)
set key top center horizontal maxcols 3 samplen 3

OPT = " optimized+notifications"
BASE = " baseline+notifications"
item(by, kernel) = column("item_by_".by.kernel)

plot data using "burst":(item("call", BASE)) with lines \
         lc rgb BASELINE lw 2 dt 2 title "baseline: a call each", \
     "" using "burst":(item("send", BASE)) with lines \
         lc rgb BASELINE lw 2 dt 3 title "a send each", \
     "" using "burst":(item("ring", BASE)) with linespoints \
         lc rgb BASELINE lw 3 pt 5 title "ring", \
     "" using "burst":(item("call", OPT)) with lines \
         lc rgb OPTIMIZED lw 2 dt 2 title "optimized: a call each", \
     "" using "burst":(item("send", OPT)) with lines \
         lc rgb OPTIMIZED lw 2 dt 3 title "a send each", \
     "" using "burst":(item("ring", OPT)) with linespoints \
         lc rgb OPTIMIZED lw 3 pt 7 title "ring"
