# SPDX-License-Identifier: BSD-2-Clause
# Cache lines that are valid after one ping-pong of 8 bytes with an empty cache.
set title "Cache footprint of one round trip of 8 bytes (section 6)"
set style data histograms
set style histogram rowstacked
set boxwidth 0.5
set ylabel "cache lines of 16 bytes (ours: i486 model)"
stats data using "valid" nooutput
set yrange [0:1.15 * STATS_max]
set xrange [-0.6:2.6]
set key top right reverse Left invert

plot data using "code":xticlabels(1) fill solid lc rgb OPTIMIZED title "code", \
     "" using "data" fill solid lc rgb BASELINE title "data", \
     "" using "page_tables" fill solid lc rgb "#888888" title "page tables", \
     "" using (strcol("configuration") eq "L3 (paper)" ? column("valid") : 0) \
         fill pattern 4 lc rgb PAPER_L3 title "L3: all (paper, measured)", \
     "" using 0:(column("valid")):(sprintf("%d lines, %d bytes", column("valid"), \
         16 * column("valid"))) with labels offset 0,0.7 notitle
