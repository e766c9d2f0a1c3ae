/** `bun run health`: prints the state of every connection, and exits with 1 where one is not well. */
import { openDb } from './db.ts';

const { spread } = await openDb();
const { primary, replicas } = await spread.health();
console.log(JSON.stringify({ primary, replicas, pools: spread.poolStats() }));
process.exitCode = [primary, ...replicas].every((it) => it.ok) ? 0 : 1;
await spread.close();
