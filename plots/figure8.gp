# SPDX-License-Identifier: BSD-2-Clause
# The paper's figure 8: lines over 0 .. 4096 bytes. The bands are what a cold
# cache adds.
set title "Figure 8: IPC between two address spaces, one way"
set xlabel "message length, bytes"
set ylabel sprintf("us, 486DX at %d MHz", mhz)
set xrange [0:4200]
set yrange [0:*]
set xtics 512
set key top left reverse Left
load plots."/peer.gp"

plot data using "bytes":"baseline_warm":"baseline_cold" with filledcurves \
         fs transparent solid 0.15 lc rgb BASELINE notitle, \
     "" using "bytes":"optimized_warm":"optimized_cold" with filledcurves \
         fs transparent solid 0.15 lc rgb OPTIMIZED notitle, \
     "" using "bytes":"paper_Mach" with linespoints \
         lc rgb PAPER_MACH lw 2 dt 2 pt 6 title "Mach (paper, measured, as drawn)", \
     "" using "bytes":"paper_Mach_printed" with lines \
         lc rgb PAPER_MACH lw 1 dt 3 title "Mach (paper, measured, as printed in table 7)", \
     for [n = 1:words(peer)] "" using "bytes":word(peer, n) with linespoints \
         lc rgb GNU_MACH lw 2 dt n pt 9 title PEER_TITLE[n], \
     "" using "bytes":"baseline_cold" with lines \
         lc rgb BASELINE lw 1 title "baseline, cache flushed (ours, i486 model)", \
     "" using "bytes":"baseline_warm" with linespoints \
         lc rgb BASELINE lw 3 pt 7 title "baseline (ours, i486 model)", \
     "" using "bytes":"paper_L3_cold" with linespoints \
         lc rgb PAPER_L3 lw 2 dt 3 pt 4 title "L3, cache flushed (paper, measured)", \
     "" using "bytes":"optimized_cold" with lines \
         lc rgb OPTIMIZED lw 1 title "optimized, cache flushed (ours, i486 model)", \
     "" using "bytes":"optimized_warm" with linespoints \
         lc rgb OPTIMIZED lw 3 pt 7 title "optimized (ours, i486 model)", \
     "" using "bytes":"paper_L3" with linespoints \
         lc rgb PAPER_L3 lw 2 dt 2 pt 6 title "L3 (paper, measured)", \
     "" using "bytes":"paper_bare_move" with lines \
         lc rgb "#888888" lw 1 dt 4 title "bare data move (paper)"
