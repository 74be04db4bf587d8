# SPDX-License-Identifier: BSD-2-Clause
# The paper's figure 8: lines over 0 .. 4096 bytes.
set title "Figure 8: IPC between two address spaces, one way"
set xlabel "message length, bytes"
set ylabel "ours: instructions"
set y2label "paper: us on a 486DX-50"
set border 11
set y2tics
set xrange [0:4200]
set yrange [0:*]
set y2range [0:*]
set xtics 512
set key top left reverse Left

plot data using "bytes":"optimized" with linespoints \
         lc rgb OPTIMIZED lw 3 pt 7 title "optimized (ours, instructions)", \
     "" using "bytes":"baseline" with linespoints \
         lc rgb BASELINE lw 3 pt 7 title "baseline (ours, instructions)", \
     "" using "bytes":"paper_L3_us" axes x1y2 with linespoints \
         lc rgb PAPER_L3 lw 2 dt 2 pt 6 title "L3 (paper, us)", \
     "" using "bytes":"paper_L3_cold_us" axes x1y2 with linespoints \
         lc rgb PAPER_L3 lw 2 dt 3 pt 4 title "L3, cache flushed (paper, us)", \
     "" using "bytes":"paper_Mach_us" axes x1y2 with linespoints \
         lc rgb PAPER_MACH lw 2 dt 2 pt 6 title "Mach (paper as drawn, us)"
