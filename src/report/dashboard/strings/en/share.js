// In English: share links.

export const words = {
  share: {
    summary: "Share",
    moves: "Whoever has the link sees this report without signing in, for 30 days. It keeps up with the calendar.",
    stays: "Whoever has the link sees this report of these days without signing in, for 30 days.",
    make: "Make a link",
    link: "Link",
    copy: "Copy the link",
    about: "{site}, {period}. The link works until {until}.",
    for_programs: "This link has no page yet",
    for_programs_lead: "Programs can ask with it: what stands behind # is the key, and GET /v1/share says the question.",
    over: "This link is over",
    over_lead: "It has expired or was revoked. Ask whoever sent it for a new one.",
  },
};
