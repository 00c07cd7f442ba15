// The dashboard: finds out who is signed in and shows the screen the address names.

import { Component, render } from "./vendor/preact.js";
import { useEffect, useRef, useState } from "./vendor/hooks.js";
import { fetchMe } from "./api.js";
import { ChartPatterns } from "./charts/patterns.js";
import { html } from "./html.js";
import { later } from "./later.js";
import { replaceWith, useAddress } from "./navigation.js";
import { Header } from "./parts/header.js";
import { KeyboardHelp } from "./parts/keyboard.js";
import { ErrorNotice, Notice } from "./parts/notice.js";
import { StoreState } from "./parts/store-state.js";
import { FIRST, SCREENS } from "./screens.js";
import { parseRoute, siteAddress } from "./state.js";
import { chosenLanguage, languageNow, speak, text } from "./strings/index.js";

const Login = later(() => import("./screens/login.js"), "Login", "door");
const Share = later(() => import("./screens/share.js"), "Share", "share", "touchpoints");
const Password = later(() => import("./screens/password.js"), "Password", "door", "forms");
const Setup = later(() => import("./screens/setup.js"), "Setup", "door", "forms");
const Sites = later(() => import("./screens/sites.js"), "Sites", "door", "forms");
const SiteScreen = later(() => import("./parts/site-screen.js"), "SiteScreen", "touchpoints");
const UnknownSite = later(() => import("./screens/sites.js"), "UnknownSite", "door");

// The screens of those who are not signed in.
const OPEN_SCREENS = ["login", "password", "setup", "share"];
const SITE_SCREENS = SCREENS.map(({ name }) => name);

function App() {
  const address = useAddress();
  const route = parseRoute(address.pathname, SITE_SCREENS);
  const main = useRef(null);
  useFocusOnArrival(main, address.pathname);
  const open = OPEN_SCREENS.includes(route.screen);
  const [login, lookAgain] = useLogin(open, address);
  return html`
    <${ChartPatterns} />
    <a class="skip" href="#content" onClick=${(click) => focusContent(click, main)}>${text.skip_to_content}</a>
    <${Header} me=${open ? null : login.me} siteKey=${route.key} screen=${route.screen} search=${address.search} />
    ${!open && login.me && html`<${StoreState} />`}
    <main id="content" tabindex="-1" ref=${main}>
      <${Guard} key=${address.pathname}>
        ${open
          ? html`<${OpenScreen} route=${route} address=${address} />`
          : html`<${ClosedScreen} route=${route} address=${address} login=${login} lookAgain=${lookAgain} />`}
      <//>
    </main>
    <${KeyboardHelp} />
  `;
}

function OpenScreen({ route, address }) {
  switch (route.screen) {
    case "login":
      return html`<${Login} search=${address.search} />`;
    case "password":
      return html`<${Password} hash=${address.hash} />`;
    case "share":
      return html`<${Share} key=${address.hash} hash=${address.hash} />`;
    default:
      return html`<${Setup} hash=${address.hash} />`;
  }
}

function ClosedScreen({ route, address, login, lookAgain }) {
  if (login.error) {
    return html`<${ErrorNotice} error=${login.error} retry=${lookAgain} />`;
  }
  if (!login.me) {
    return html`<p class="quiet waiting" role="status">${text.loading}</p>`;
  }
  if (route.screen === "sites") {
    return html`<${Sites} me=${login.me} lookAgain=${lookAgain} />`;
  }
  if (route.screen === "unknown") {
    return html`<${Notice} title=${text.lost_page.title} lead=${text.lost_page.lead} action=${{ href: "/", label: text.lost_page.back }} />`;
  }
  const site = login.me.sites.find((candidate) => candidate.key === route.key);
  return site
    ? html`<${SiteScreen} key=${`${site.key} ${route.screen}`} name=${route.screen} site=${site} me=${login.me} search=${address.search} lookAgain=${lookAgain} />`
    : html`<${UnknownSite} siteKey=${route.key} />`;
}

// Who is signed in, asked when a screen first needs it. Nobody: on to the sign-in, and back here after.
function useLogin(open, address) {
  const [login, setLogin] = useState({});
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    if (open) {
      setLogin({});
      return;
    }
    fetchMe().then(
      (me) => (me ? setLogin({ me }) : leaveForLogin()),
      (error) => setLogin({ error }),
    );
  }, [open, asked]);
  useEffect(() => {
    const site = login.me?.sites.length === 1 ? login.me.sites[0] : null;
    if (site && address.pathname === "/") {
      replaceWith(siteAddress(site.key, FIRST));
    }
  }, [login, address.pathname]);
  return [login, () => setAsked(asked + 1)];
}

function leaveForLogin() {
  const here = location.pathname + location.search;
  replaceWith(here === "/" ? "/login" : `/login?next=${encodeURIComponent(here)}`);
}

// A new screen takes the focus, so that a screen reader starts at its top; the first one does not.
function useFocusOnArrival(main, pathname) {
  const last = useRef(pathname);
  useEffect(() => {
    if (last.current !== pathname) {
      last.current = pathname;
      main.current.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
  }, [pathname]);
}

// By hand: following the link would put #content into the address, which is state.
function focusContent(click, main) {
  click.preventDefault();
  main.current.focus();
}

// A screen that throws leaves a sentence and a way out instead of an empty page.
class Guard extends Component {
  static getDerivedStateFromError() {
    return { broken: true };
  }

  componentDidCatch(error) {
    console.error(error);
  }

  render({ children }, { broken }) {
    const reload = { onClick: () => location.reload(), label: text.errors.reload };
    return broken ? html`<${Notice} title=${text.errors.heading} lead=${text.errors.crashed} action=${reload} />` : children;
  }
}

await speak(chosenLanguage(), navigator.languages);
document.documentElement.lang = languageNow();
render(html`<${App} />`, document.getElementById("app"));
