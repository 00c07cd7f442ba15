/** The line between one visitor and the net: it gives the visitor an address and a user agent of its own. */

import { createServer, request as connect } from 'node:http';
import { pipeline } from 'node:stream';

/**
 * Starts a proxy for one browser context. Chromium's own override of the user agent forgets what is sent while a page
 * goes away, which is when most events are sent.
 *
 * @param {{address: string, userAgent: string}} visitor `address` is one of 127.0.0.0/8
 * @returns {Promise<{context: import('puppeteer-core').BrowserContextOptions, close: () => void}>}
 */
export async function openLine({ address, userAgent }) {
  const proxy = createServer((request, response) => {
    const headers = { ...request.headers, 'user-agent': userAgent };
    const onward = connect(request.url, { method: request.method, headers, localAddress: address }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      pipeline(answer, response, () => {});
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const proxyServer = `127.0.0.1:${proxy.address().port}`;
  const close = () => (proxy.close(), proxy.closeAllConnections());
  return { context: { proxyServer, proxyBypassList: ['<-loopback>'] }, close };
}
