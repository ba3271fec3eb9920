// Sends one of each call and `count` track calls with Segment's library: node send.mjs HOST WRITE_KEY COUNT
// Prints the message ids as JSON once the library has delivered them; exits 1 when it gave one up.
import { Analytics } from "@segment/analytics-node";

const [host, writeKey, count] = process.argv.slice(2);
const analytics = new Analytics({ host, writeKey, flushAt: 20, flushInterval: 100 });
const sent = [];
let failed = 0;

analytics.on("error", () => { failed += 1; });

const settled = (call, message) =>
  new Promise((done) => call.call(analytics, message, (error, context) => {
    if (error) failed += 1;
    else sent.push(context.event.messageId);
    done();
  }));

const calls = [
  settled(analytics.identify, { userId: "n1", traits: { email: "Node@Example.com", seats: 12 } }),
  settled(analytics.page, { userId: "n1", name: "Pricing", properties: { url: "https://example.com/pricing" } }),
  settled(analytics.screen, { anonymousId: "n-anonymous", name: "Home" }),
  settled(analytics.group, { userId: "n1", groupId: "acme", traits: { name: "Acme" } }),
  settled(analytics.alias, { userId: "n1", previousId: "n-anonymous" }),
];
for (let number = 0; number < Number(count); number += 1) {
  calls.push(settled(analytics.track, { userId: "n1", event: "Demo Watched", properties: { number, price: 0.1 } }));
}
await Promise.all(calls);
await analytics.closeAndFlush();
console.log(JSON.stringify(sent));
process.exit(failed ? 1 : 0);
