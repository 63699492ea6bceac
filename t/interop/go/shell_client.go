// shell_client - runs one command with masterzen's client, as its library does
// it: Receive goes on in one thread while Send goes on in another.
//
//	shell_client HOST PORT USER PASSWORD basic|ntlm COMMAND
//
// Standard input is the command's.  Standard output and error are the
// command's, the exit code too; 250 when the client fails.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/masterzen/winrm"
)

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "shell_client:", err)
		os.Exit(250)
	}
}

func main() {
	if len(os.Args) != 7 {
		fail(fmt.Errorf("%d arguments", len(os.Args)-1))
	}
	port, err := strconv.Atoi(os.Args[2])
	fail(err)
	parameters := winrm.NewParameters("PT5S", "en-US", 153600)
	if os.Args[5] == "ntlm" {
		parameters.TransportDecorator = func() winrm.Transporter {
			return &winrm.ClientNTLM{}
		}
	}
	client, err := winrm.NewClientWithParameters(
		winrm.NewEndpoint(os.Args[1], port, false, false, nil, nil, nil,
			30*time.Second), os.Args[3], os.Args[4], parameters)
	fail(err)
	code, err := client.RunWithInput(os.Args[6], os.Stdout, os.Stderr,
		os.Stdin)
	fail(err)
	os.Exit(code)
}
