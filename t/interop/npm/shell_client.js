// shell_client - runs a command with winrm-client, which reads replies by
// their literal prefixes and asks for output once.
//
//   node shell_client.js FOLDER HOST PORT USER PASSWORD command|powershell LINE
//   node shell_client.js FOLDER HOST PORT USER PASSWORD prompt LINE ASKED ANSWER
//
// FOLDER is where npm has put it.  It says what the client gives: {"output":
// text} or {"error": text}.
const [folder, host, port, user, password, how, line, asked, answer] =
    process.argv.slice(2);
const client = require(folder + '/node_modules/winrm-client');

function run() {
    if (how === 'prompt') {
        return client.runInteractiveCommand(
            line, host, user, password, Number(port),
            [{ pattern: new RegExp(asked), response: answer }],
            30000, 30000, 50);
    }
    const call = how === 'powershell' ? client.runPowershell
        : client.runCommand;
    return call(line, host, user, password, Number(port));
}

// The client itself logs to standard output.
const say = (what) => process.stderr.write(JSON.stringify(what));
run().then((output) => say({ output }),
    (error) => say({ error: String(error.message) }));
