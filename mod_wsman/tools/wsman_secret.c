/* wsman_secret.c - passwords from files, the netrc file and the terminal. */
#include "wsman_secret.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <apr_strings.h>

#include "../client/wsm_argument.h"

#define MAX_PASSWORD 4096
#define MAX_NETRC    (256 * 1024)

/** The first line of a file. */
static wsm_failure_t *read_password(const char **password, const char *path,
                                    apr_pool_t *pool)
{
    char *text;
    apr_size_t length;
    wsm_failure_t *failure =
        wsm_argument_file(&text, &length, path, MAX_PASSWORD, pool);
    if (failure)
        return failure;
    text[strcspn(text, "\r\n")] = '\0';
    *password = text;
    return NULL;
}

static const char *netrc_path(apr_pool_t *pool)
{
    const char *path = getenv("NETRC");
    const char *home = getenv("HOME");
    if (path)
        return path;
    return home ? apr_pstrcat(pool, home, "/.netrc", NULL) : NULL;
}

static void look_in_netrc(wsman_options_t *options, apr_pool_t *pool)
{
    const char *path = netrc_path(pool);
    char *text;
    apr_size_t length;
    if (!path || access(path, R_OK) ||
        wsm_argument_file(&text, &length, path, MAX_NETRC, pool))
        return;
    wsman_netrc_find(&options->transport.user, &options->transport.password,
                     text, options->endpoint.host);
}

/** Reads a line without echo; the terminal is left as it was. */
static int ask(char *line, size_t size, const char *question)
{
    FILE *terminal = fopen("/dev/tty", "r+");
    struct termios before, silent;
    int fd, ok;
    if (!terminal)
        return 0;
    fd = fileno(terminal);
    setvbuf(terminal, NULL, _IONBF, 0);
    ok = tcgetattr(fd, &before) == 0;
    silent = before;
    silent.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
    ok = ok && tcsetattr(fd, TCSAFLUSH, &silent) == 0;
    if (ok) {
        fputs(question, terminal);
        ok = fgets(line, (int)size, terminal) != NULL;
        tcsetattr(fd, TCSAFLUSH, &before);
        fputs("\n", terminal);
    }
    fclose(terminal);
    return ok;
}

static wsm_failure_t *ask_for(const char **password, const char *question,
                              apr_pool_t *pool)
{
    char *line = apr_palloc(pool, MAX_PASSWORD);
    if (!ask(line, MAX_PASSWORD, question))
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                "no password, and no terminal to ask for one: "
                                "use --password-file");
    line[strcspn(line, "\r\n")] = '\0';
    *password = line;
    return NULL;
}

/** With tickets or a certificate there may be a user and no password. */
static int needs_password(const wsm_transport_config_t *transport)
{
    return transport->user && !transport->password &&
           transport->auth != WSM_AUTH_NONE &&
           transport->auth != WSM_AUTH_NEGOTIATE;
}

wsm_failure_t *wsman_secret_find(wsman_options_t *options, apr_pool_t *pool)
{
    wsm_transport_config_t *transport = &options->transport;
    wsm_failure_t *failure = NULL;
    if (options->key_password_file)
        failure = read_password(&transport->key_password,
                                options->key_password_file, pool);
    if (failure || transport->password)
        return failure;
    if (options->password_file && transport->user)
        return read_password(&transport->password, options->password_file,
                             pool);
    if (options->password_file)
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                "a password file, but no user: use --user or "
                                "WSMAN_USER");
    if (transport->auth != WSM_AUTH_NONE)
        look_in_netrc(options, pool);
    if (!needs_password(transport))
        return NULL;
    return ask_for(&transport->password,
                   apr_pstrcat(pool, "Password of ", transport->user, " at ",
                               options->endpoint.host, ": ", NULL),
                   pool);
}
