// In English: notes on a site's days.

export const words = {
  notes: {
    heading: "Notes",
    none: "No note yet. One such as “new checkout went live” explains a jump in the figures.",
    none_here: "None on these days.",
    add: "Add a note",
    all: "All notes",
    date: "Day",
    text: "What happened",
    example: "New checkout went live",
    by: "By",
    save: "Save the note",
    close: "Close",
    mark: "{day}: {text}",
    change: "Change",
    change_what: "Change the note “{text}”",
    remove: "Remove",
    remove_what: "Remove the note “{text}”",
    remove_says: "It disappears from every chart, for everybody.",
    remove_yes: "Remove the note",
  },
};
