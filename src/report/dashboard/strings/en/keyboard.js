// In English: the list of keys.

export const words = {
  keyboard: {
    heading: "Keyboard",
    keys: {
      help: "Show this list",
      screens: "Go to the first, second, third … screen of a site",
      period: "Choose the period",
      compare: "Compare with the period before, or not",
      filter: "Add a filter",
      segment: "Choose visitors by what they did",
      close: "Close what is open",
      tab: "Go to the next control; with Shift, to the one before",
    },
    on: "Single keys are shortcuts",
    close: "Close",
  },
};
