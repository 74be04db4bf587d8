# SPDX-License-Identifier: BSD-2-Clause
# A message of 2 to 64 words: in virtual registers, and as a direct string with one copy or
# two.
set title "A message of n words between two address spaces, one way"
set xlabel "words, the first two in registers"
set ylabel "cycles (i486 model)"
set xrange [0:66]
set xtics (2, 8, 16, 24, 32, 48, 64)
set yrange [0:2000]
set key top left reverse Left maxrows 3 width 2

ONE = "optimized+virtual_registers"
TWO = "optimized-direct_transfer"
cycles(way, kernel) = column(way." ".kernel)

plot data using "words":(cycles("direct_string_warm", TWO)) with linespoints \
         lc rgb BASELINE lw 3 pt 5 title "direct string, two copies", \
     "" using "words":(cycles("direct_string_warm", ONE)) with linespoints \
         lc rgb LESS lw 3 pt 9 title "direct string, window", \
     "" using "words":(cycles("in_registers_warm", ONE)) with linespoints \
         lc rgb OPTIMIZED lw 3 pt 7 title "virtual registers", \
     "" using "words":(cycles("direct_string_cold", TWO)) with linespoints \
         lc rgb BASELINE lw 1.5 dt 2 pt 4 title "the same, cache flushed", \
     "" using "words":(cycles("direct_string_cold", ONE)) with linespoints \
         lc rgb LESS lw 1.5 dt 2 pt 8 title "the same, cache flushed", \
     "" using "words":(cycles("in_registers_cold", ONE)) with linespoints \
         lc rgb OPTIMIZED lw 1.5 dt 2 pt 6 title "the same, cache flushed"
