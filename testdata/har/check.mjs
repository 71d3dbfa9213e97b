// Holds an HTTP Archive to the code of others:
//
//     node check.mjs FILE...
//
// har-validator says whether it is HAR 1.2; what is wrong is written, and the exit code is 1. The
// developer tools of Chromium import it, and a line is written for each request as they have it, and
// for each of its messages. They export it again, to FILE.again.
import { readFileSync, writeFileSync } from 'node:fs';
import validator from 'har-validator/lib/promise.js';
import { HARFormat, Importer, Log } from './devtools.mjs';

for (const file of process.argv.slice(2)) {
  const archive = JSON.parse(readFileSync(file, 'utf8'));
  try {
    await validator.har(archive);
  } catch (err) {
    console.log(file, 'is not HAR 1.2:', JSON.stringify(err.errors, null, 1));
    process.exitCode = 1;
  }
  const log = new HARFormat.HARRoot(archive).log;
  const requests = Importer.Importer.requestsFromHARLog(log);
  for (const r of requests) {
    const body = (await r.requestContentData()).text;
    const wait = r.timing.receiveHeadersEnd >= 0 && r.timing.receiveHeadersEnd < 60e3;
    console.log(r.requestMethod, r.url(), r.statusCode, r.resourceType().name(), r.remoteAddress(),
      wait ? 'timed' : 'untimed', JSON.stringify(body));
    for (const m of r.frames()) {
      const year = new Date(m.time * 1000).getUTCFullYear();
      console.log(' ', m.type, m.opCode, year > 2000 && year < 2200 ? 'dated' : 'undated', m.text);
    }
  }
  const exported = await Log.Log.build(requests, { sanitize: true });
  writeFileSync(file + '.again', JSON.stringify({ log: exported }));
}
