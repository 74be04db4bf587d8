# SPDX-License-Identifier: BSD-2-Clause
# The paper's figure 7: bars at 8, 12, 128 and 512 bytes.
set title "Figure 7: IPC between two address spaces, one way"
set style data histograms
set style histogram clustered gap 1
set boxwidth 0.9
set xlabel "message length, bytes"
set ylabel "ours: instructions"
set y2label "paper: us on a 486DX-50"
set border 11
set y2tics
set yrange [0:*]
set y2range [0:*]
set xrange [-0.5:3.5]
set key top left reverse Left

plot data every ::0::3 using "optimized":xticlabels(1) \
         fill solid lc rgb OPTIMIZED title "optimized (ours, instructions)", \
     "" every ::0::3 using "baseline" \
         fill solid lc rgb BASELINE title "baseline (ours, instructions)", \
     "" every ::0::3 using "paper_L3_us" axes x1y2 \
         fill pattern 4 lc rgb PAPER_L3 title "L3 (paper, us)", \
     "" every ::0::3 using "paper_Mach_us" axes x1y2 \
         fill pattern 5 lc rgb PAPER_MACH title "Mach (paper as drawn, us)"
