/* wsman_options.h - the command line of a client, read and checked. */
#ifndef WSMAN_OPTIONS_H
#define WSMAN_OPTIONS_H

#include "../client/wsm_client_shell.h"
#include "../client/wsm_format.h"

#define WSMAN_DEFAULT_ENDPOINT "http://127.0.0.1:5985/wsman"

typedef enum wsman_exit_e {
    WSMAN_EXIT_OK = 0,
    WSMAN_EXIT_FAULT = 1,
    WSMAN_EXIT_USAGE = 2,
    WSMAN_EXIT_TRANSPORT = 3,
    WSMAN_EXIT_AUTH = 4,
    WSMAN_EXIT_ANSWER = 5,
    WSMAN_EXIT_OUTPUT = 6,
    WSMAN_EXIT_REMOTE = 255 /* of run and shell, whatever it was */
} wsman_exit_e;

typedef struct wsman_options_t wsman_options_t;
typedef struct wsman_program_t wsman_program_t; /* wsman_table.h */

/** A command: what its arguments are, and what runs it. */
typedef struct wsman_command_t {
    const char *name;
    const char *arguments; /* as the usage text has them */
    int least, most;       /* how many; most -1: any number */
    wsm_failure_t *(*run)(wsman_options_t *options, wsm_client_t *client,
                          apr_pool_t *pool);
} wsman_command_t;

/** What run and shell are told. */
typedef struct wsman_remote_options_t {
    int input; /* standard input goes to the command */
    int skip_shell;
    int no_profile;
    const wsm_client_variable_t *environment;
    int nenvironment;
    const char *directory;    /* or NULL */
    const char *resource_uri; /* of the shell; NULL: WSM_CLIENT_SHELL_CMD */
    unsigned code_page;
    apr_interval_time_t idle_timeout; /* 0: not said */
    int list;
    const char *attach; /* the id of a shell, or NULL */
} wsman_remote_options_t;

struct wsman_options_t {
    const wsman_program_t *program;
    const wsman_command_t *command;
    const char *const *arguments; /* after the command */
    int narguments;

    wsm_client_endpoint_t endpoint;
    wsm_transport_config_t transport;
    wsm_client_config_t client;
    const char *password_file;
    const char *key_password_file;
    const char *body; /* a file; "-": standard input */

    int is_remote; /* the command is one of wsman_program_t.remote */
    wsman_remote_options_t remote;
    int status; /* how to exit when the command did not fail */

    wsm_enumerate_t enumerate;
    apr_uint64_t limit; /* items; 0: all */
    int anonymous;

    wsm_format_config_t format;
    wsm_format_t *out; /* made from it before the command runs */
    int output_error;  /* errno of the write that failed, or 0 */
    int verbose;
    int quiet;
};

/** What else the command line may ask for. */
typedef enum wsman_asked_e {
    WSMAN_ASKED_RUN,
    WSMAN_ASKED_HELP,
    WSMAN_ASKED_VERSION
} wsman_asked_e;

/** Reads the command line and the environment.  Passwords in it are
 *  overwritten, so that others do not see them in a list of processes.
 *  @param options  zeroed; those of the program, which begin with these */
wsm_failure_t *wsman_options_read(wsman_options_t *options,
                                  wsman_asked_e *asked,
                                  const wsman_program_t *program, int argc,
                                  char **argv, apr_pool_t *pool);

/** The text of --help. */
void wsman_options_help(const wsman_program_t *program);

extern const wsman_program_t wsman_program;
extern const wsman_command_t wsman_commands[];

#endif
