# SPDX-License-Identifier: BSD-2-Clause
# Figure 8 of a real machine: lines over 0 .. 4096 bytes, on a logarithmic axis.
set title sprintf("IPC between two address spaces, one way\nmeasured: %s", clock)
set xlabel "message length, bytes"
set ylabel "us"
set logscale y
set xrange [0:4200]
set xtics 512
set key outside bottom center horizontal reverse Left maxcols 2

plot data using "bytes":"paper_Mach" with linespoints \
         lc rgb PAPER_MACH lw 2 dt 2 pt 6 title "Mach (paper, measured at 50 MHz, as drawn)", \
     "" using "bytes":"model_baseline" with lines \
         lc rgb BASELINE lw 1 dt 4 title "baseline (ours, i486 model at 50 MHz)", \
     "" using "bytes":"paper_L3" with linespoints \
         lc rgb PAPER_L3 lw 2 dt 2 pt 6 title "L3 (paper, measured at 50 MHz)", \
     "" using "bytes":"model_optimized" with lines \
         lc rgb OPTIMIZED lw 1 dt 4 title "optimized (ours, i486 model at 50 MHz)", \
     "" using "bytes":"baseline_cold" with lines \
         lc rgb BASELINE lw 1 title "baseline, cache flushed (ours, measured)", \
     "" using "bytes":"baseline_warm" with linespoints \
         lc rgb BASELINE lw 3 pt 7 title "baseline (ours, measured)", \
     "" using "bytes":"optimized_cold" with lines \
         lc rgb OPTIMIZED lw 1 title "optimized, cache flushed (ours, measured)", \
     "" using "bytes":"optimized_warm" with linespoints \
         lc rgb OPTIMIZED lw 3 pt 7 title "optimized (ours, measured)"
