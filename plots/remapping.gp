# SPDX-License-Identifier: BSD-2-Clause
# Pages that move from one address space to another, each touched there (7.2).
set title "Moving n pages by remapping, each touched by the receiver (7.2)"
set xlabel "pages of 4 KB"
set ylabel "us, one way (ours: i486 model)"
set xrange [0:66]
set yrange [0:*]
set key top left reverse Left

line(x) = constant + per_page * x

plot data using "pages":"us" with points lc rgb OPTIMIZED pt 7 ps 1.5 \
         title "optimized+page\\_remapping", \
     line(x) with lines lc rgb OPTIMIZED lw 2 \
         title sprintf("%.1f + %.2f n: least squares", constant + 0, per_page + 0), \
     data using "pages":"paper_us" with linespoints lc rgb PAPER_L3 dt 2 lw 2 pt 6 \
         title "L3 (paper): 8 + n"
