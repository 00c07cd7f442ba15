// A funnel's marks as lengths. Each step is measured against the first; what fell away since the
// step before stands on top of what was reached, so the top of a bar is the step before.

/**
 * The marks of each step, as shares of step 1 (all 0 when nobody entered):
 * { reached, underway, dropped } stacked in this order, and the counts they stand for.
 */
export function funnelMarks(steps) {
  const whole = steps[0].reached;
  const share = (count) => (whole === 0 ? 0 : count / whole);
  return steps.map((step, index) => {
    const before = index === 0 ? { in_progress: 0, drop_off: 0 } : steps[index - 1];
    return {
      step,
      reached: share(step.reached),
      underway: share(before.in_progress),
      dropped: share(before.drop_off),
      underwayCount: before.in_progress,
      droppedCount: before.drop_off,
    };
  });
}
