/** The first user of a server, made as people make it: by the link that the server prints. */

/**
 * Makes the owner, and signs her in.
 *
 * @param {import('puppeteer-core').Browser} browser
 * @param {{ said: () => string }} styk
 * @returns {Promise<import('puppeteer-core').Cookie[]>} what her browser keeps of it
 */
export async function setUpOwner(browser, styk) {
  const context = await browser.createBrowserContext();
  const first = await context.newPage();
  await first.goto(/http:\S+\/setup#\S+/.exec(styk.said())[0]);
  const field = (name) => first.waitForSelector(`::-p-aria([name="${name}"])`);
  await (await field('E-mail')).type('ann@example.org');
  await (await field('Password')).type('seven hats in a row');
  await first.keyboard.press('Enter');
  await first.waitForSelector('.account-button');
  const made = await context.cookies();
  await context.close();
  return made;
}
