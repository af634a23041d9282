// Signs in with the client that is named, and writes the id of every mark that it hears.
//
// usage: node listen.mjs CLIENT, with {url, login, password, signIn, hearing, after} as JSON on
// standard input: where, as whom, by which documents, and after which cursor.
import { text } from "node:stream/consumers";

const { connected } = await import(`./${process.argv[2]}.mjs`);
const given = JSON.parse(await text(process.stdin));

let authorization;
const client = connected({ url: given.url, token: () => authorization });
const input = { login: given.login, password: given.password };
const { data } = await client.ask(given.signIn, { input });
authorization = `Bearer ${data.signIn.session.accessToken}`;

let heard = given.after;

function listen() {
  const variables = {
    // Clients that come back by themselves read it again, and begin after what was heard last.
    get after() {
      return heard;
    },
  };
  // Clients that do not are begun anew: some tell of an error and of an end, some of one of them.
  let isOver = false;
  const again = () => {
    if (!isOver) setTimeout(listen, 100);
    isOver = true;
  };
  client.listen(given.hearing, variables, { next: tell, error: again, complete: again });
}

function tell(result) {
  heard = result.data.markChanges.cursor;
  console.log(result.data.markChanges.markId);
}

listen();
