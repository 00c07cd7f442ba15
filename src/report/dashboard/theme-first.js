// Sets the chosen theme before the first paint: modules run too late for that.
// The same key is written by parts/looks.js.
try {
  const theme = localStorage.getItem("styk-theme");
  if (theme === "light" || theme === "dark") {
    document.documentElement.dataset.theme = theme;
  }
} catch {
  // Storage is switched off: the system's theme stays.
}
