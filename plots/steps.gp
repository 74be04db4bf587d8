# SPDX-License-Identifier: BSD-2-Clause
# Where the cycles of 8 bytes go: a row for each step, the first on top. In each a bar
# for the call, and one for the reply; it begins where the step before has ended.
set title "A message of 8 bytes, step by step (optimized, i486 model, warm cache)"
set xlabel "cycles since the last message has arrived"
set grid noytics xtics
set key bottom left reverse Left
stats data using "call" nooutput
rows = STATS_records
set yrange [0.5 - rows : 0.6]
set xrange [0:250]
set ytics scale 0 noenhanced
HEIGHT = 0.36

# Where the step in row n ends; each plot begins at 0 again.
end = 0
add(n, cycles) = (end = (n == 0 ? 0 : end) + cycles, end)
line(n, reply) = -n + (reply ? -HEIGHT : 0)

bars = "call call_tlb reply reply_tlb"
cycles(reply) = column(word(bars, 2 * reply + 1))
tlb(reply) = column(word(bars, 2 * reply + 2))
written(reply) = cycles(reply) + tlb(reply) > 0 ? sprintf("%d", cycles(reply) + tlb(reply)) : ""

plot data using (0):(-$0):yticlabels(1) with points pointsize 0 notitle, \
     for [r = 0:1] "" using (add($0, cycles(r) + tlb(r))):(line($0, r)): \
         (end - cycles(r) - tlb(r)):(end - tlb(r)):(line($0, r)):(line($0, r) + HEIGHT) \
         with boxxyerror fill solid lc rgb (r ? PAPER_L3 : OPTIMIZED) \
         title (r ? "reply" : "call"), \
     for [r = 0:1] "" using (add($0, cycles(r) + tlb(r))):(tlb(r) > 0 ? line($0, r) : NaN): \
         (end - tlb(r)):(end):(line($0, r)):(line($0, r) + HEIGHT) \
         with boxxyerror fill solid lc rgb BASELINE \
         title (r ? "" : "TLB misses, 9 cycles each"), \
     for [r = 0:1] "" using (add($0, cycles(r) + tlb(r))):(line($0, r) + HEIGHT / 2): \
         (written(r)) with labels font ",9" left offset 0.4,0 notitle
