# SPDX-License-Identifier: BSD-2-Clause
# Figure 7 of a real machine: bars at 8, 12, 128 and 512 bytes, on a logarithmic axis.
set title sprintf("IPC between two address spaces, one way, warm cache\nfilled: measured, %s; outlined: the i486 model; hatched: the paper", clock)
set xlabel "message length, bytes"
set ylabel "us"
set logscale y
set yrange [*:*]
set xrange [-0.5:3.5]
set boxwidth 0.13
set key outside bottom center horizontal reverse Left

x(group, n) = group + 0.145 * n - 0.36
text(name) = sprintf(column(name) >= 10 ? "%.0f" : column(name) >= 1 ? "%.1f" : "%.2f", column(name))

plot data every ::0::3 using 0:(0.05):xticlabels(1) with points pointsize 0 notitle, \
     "" every ::0::3 using (x($0, 0)):"optimized_warm" with boxes \
         fill solid lc rgb OPTIMIZED title "optimized (ours, measured)", \
     "" every ::0::3 using (x($0, 1)):"model_optimized" with boxes \
         fill empty lc rgb OPTIMIZED title "optimized (ours, i486 model at 50 MHz)", \
     "" every ::0::3 using (x($0, 2)):"paper_L3" with boxes \
         fill pattern 4 lc rgb PAPER_L3 title "L3 (paper, measured at 50 MHz)", \
     "" every ::0::3 using (x($0, 3)):"baseline_warm" with boxes \
         fill solid lc rgb BASELINE title "baseline (ours, measured)", \
     "" every ::0::3 using (x($0, 4)):"model_baseline" with boxes \
         fill empty lc rgb BASELINE title "baseline (ours, i486 model at 50 MHz)", \
     "" every ::0::3 using (x($0, 5)):"paper_Mach" with boxes \
         fill pattern 5 lc rgb PAPER_MACH title "Mach (paper, measured at 50 MHz)", \
     "" every ::0::3 using (x($0, 0)):"optimized_warm":(text("optimized_warm")) \
         with labels font ",11" offset 0,0.6 notitle, \
     "" every ::0::3 using (x($0, 3)):"baseline_warm":(text("baseline_warm")) \
         with labels font ",11" offset 0,0.6 notitle
