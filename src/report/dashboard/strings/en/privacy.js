// In English: the privacy screen.

export const words = {
  privacy: {
    loading: "Privacy",
    headlines: {
      default: "What consent allows is known, and kept {kept}",
      cnil: "Nobody is known beyond the day without a yes, and events are kept {kept}",
    },
    for_ever: "until it is erased",
    days: { one: "for {n} day", other: "for {n} days" },
    lead: "What holds for this shop at this moment, as the server does it.",
    heading: "What is known of visitors",
    change: "Change this",
    erasures: {
      heading: "Who was erased",
      none: "Nobody has asked for it.",
      scroll: "Erasures, scrolls sideways",
      columns: { number: "No.", asked: "Asked", state: "State", store: "Store", archive: "Archive", journal: "Journal", by: "Asked by" },
      done: "in no file",
      hidden: "in no answer; files are being rewritten",
      how: "The numbers are events. To erase somebody:",
    },
  },
};
