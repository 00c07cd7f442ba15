// Auf Deutsch: Notizen zu Tagen.

export const words = {
  notes: {
    heading: "Notizen",
    none: "Noch keine Notiz. Eine wie „neue Kasse ging live“ erklärt einen Sprung in den Zahlen.",
    none_here: "Keine an diesen Tagen.",
    add: "Notiz hinzufügen",
    all: "Alle Notizen",
    date: "Tag",
    text: "Was geschah",
    example: "Neue Kasse ging live",
    by: "Von",
    save: "Notiz speichern",
    close: "Schließen",
    mark: "{day}: {text}",
    change: "Ändern",
    change_what: "Notiz „{text}“ ändern",
    remove: "Entfernen",
    remove_what: "Notiz „{text}“ entfernen",
    remove_says: "Sie verschwindet aus allen Diagrammen, bei allen.",
    remove_yes: "Notiz entfernen",
  },
};
