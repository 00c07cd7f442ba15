// In English: the funnel.

export const words = {
  controls: {
    heading: "Question",
    breakdown: "Break down by",
    breakdowns: { none: "Nothing", device: "Device", channel: "Channel" },
    window: "Conversion window",
    unit: "Count",
  },

  titles: {
    loading: "Funnel",
    lost: "{step} lost {loss}",
    lost_lead: "{share} of those who reached it never came to {next} in time.",
    underway: "{count} still on the way",
    underway_lead: "Nobody has dropped out; their time to convert is not over.",
    all_converted: "{count} came through, nobody was lost",
    excluded: "{count} taken out by exclusions",
    empty: "Nobody entered this funnel",
    no_data: "No events yet",
  },

  steps: {
    summary: "Steps",
    change: "Change",
    arrow: "→",
    nth: "Step {n}",
    preset: "Start from",
    presets: { shop_checkout: "Shop checkout", quick: "Quick" },
    custom: "Your own steps",
    up: "Up",
    down: "Down",
    remove: "Remove",
    up_label: "Move step {n} up",
    down_label: "Move step {n} down",
    remove_label: "Remove step {n}",
    add_label: "Another step",
    add: "Add step",
    never_received: "{event} (never received)",
    option: "{label} ({count})",
    fields_failed: "The list of this site’s events could not be read; the steps still work.",
  },

  figures: {
    heading: "Key figures",
    entered: "Entered",
    entered_note: "{step}",
    converted: "Converted",
    converted_note: "{step}",
    conversion: "Conversion",
    conversion_note: "95% sure: {low} to {high}",
    time: "Time to convert",
    time_note: "Median; 90% within {p90}",
  },

  chart: {
    heading: "Steps",
    show: "Show",
    labels: { share: "Share", count: "Count" },
    reached: "reached",
    dropped: "dropped out",
    in_progress: "still on the way",
    lost_before: "{lost} dropped",
    underway_before: "{count} on the way",
    label: "Funnel of {steps} steps: {list}. The table below has every number.",
    label_step: "{step} {count} ({share})",
    tip: "{step}: {count} reached, {share} of all. Since the step before: {lost} dropped out, {underway} still on the way.",
    scroll: "Chart, scrolls sideways",
  },

  table: {
    heading: "Step by step",
    caption: "{unit} at each step, and how long it took",
    step: "Step",
    from_previous: "From previous",
    from_first: "From first",
    dropped: "Dropped after",
    in_progress: "On the way",
    median: "Median time",
    p90: "90% within",
    change: "Change of share",
    scroll: "Step table, scrolls sideways",
  },

  breakdown: {
    heading: "By {field}",
    fields: { device: "device", channel: "channel" },
    caption: "{unit} by {field}: share that reached each step",
    entered: "Entered",
    conversion: "Conversion",
    scroll: "Breakdown table, scrolls sideways",
  },

  method: {
    counted: "Counts {each} once, by the attempt that came furthest.",
    order: {
      sequential: "The steps count in this order, with anything between them,",
      strict: "The steps count in this order, with nothing between them,",
      any: "The steps count in any order,",
    },
    window: "all within {window} of the first.",
    entered: "The first step lies in the period {period} ({time_zone}); later steps may follow after it.",
    underway: "Those whose time is not over are “on the way”, not dropped.",
  },

  empty: {
    period_lead: "No {step} was received in the period {period}.",
    other_events: "It is not among this site’s events. Choose a first step that is.",
    try_longer: "Show the last 30 days",
    choose_steps: "Change the steps",
  },
};
