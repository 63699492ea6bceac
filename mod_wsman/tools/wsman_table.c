/* wsman_table.c - one list of tables: it is what is read and what --help
 * prints.
 */
#include "wsman_table.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

/** What getopt returns for the n-th row. */
#define FIRST_ROW 256
/** Rows of all tables of a program. */
#define MAX_ROWS 64

typedef struct rows_t {
    const wsman_row_t *rows[MAX_ROWS];
    int count;
} rows_t;

static void gather(rows_t *all, const wsman_program_t *program)
{
    all->count = 0;
    for (int i = 0; program->tables[i]; i++)
        for (const wsman_row_t *row = program->tables[i];
             row->name && all->count < MAX_ROWS; row++)
            all->rows[all->count++] = row;
}

const char *wsman_set_text(wsman_reading_t *self, const char *value,
                           const wsman_row_t *row)
{
    *(const char **)(void *)((char *)self->options + row->offset) = value;
    return NULL;
}

const char *wsman_set_flag(wsman_reading_t *self, const char *value,
                           const wsman_row_t *row)
{
    (void)value;
    *(int *)(void *)((char *)self->options + row->offset) = row->number;
    return NULL;
}

/* ---- Reading */

static void getopt_tables(const rows_t *all, char *letters,
                          struct option *names)
{
    *letters++ = '+'; /* words stay where they are */
    *letters++ = ':'; /* a missing value is told from an unknown option */
    for (int i = 0; i < all->count; i++) {
        const wsman_row_t *row = all->rows[i];
        int has = row->argument ? required_argument : no_argument;
        names[i] = (struct option){row->name, has, NULL, FIRST_ROW + i};
        if (row->letter) {
            *letters++ = (char)row->letter;
            if (has)
                *letters++ = ':';
        }
    }
    *letters = '\0';
    memset(&names[all->count], 0, sizeof(*names));
}

static const wsman_row_t *find_row(const rows_t *all, int code)
{
    if (code >= FIRST_ROW)
        return all->rows[code - FIRST_ROW];
    for (int i = 0; i < all->count; i++)
        if (all->rows[i]->letter == code)
            return all->rows[i];
    return NULL;
}

static wsm_failure_t *use(apr_pool_t *pool, const char *what, const char *part)
{
    return wsm_failure_make(pool, WSM_FAILURE_USE, 0, "%s '%s'", what, part);
}

/** Reads options up to the next word.
 *  @param ended  set to true by "--": no option follows */
static wsm_failure_t *read_options(wsman_reading_t *self, const rows_t *all,
                                   int *ended, int argc, char **argv)
{
    char letters[2 * MAX_ROWS + 3];
    struct option names[MAX_ROWS + 1];
    int code, before = optind;
    getopt_tables(all, letters, names);
    opterr = 0;
    while ((code = getopt_long(argc, argv, letters, names, NULL)) != -1) {
        const wsman_row_t *row = find_row(all, code);
        const char *wrong;
        if (!row)
            return use(self->pool,
                       code == ':' ? "no value for the option"
                                   : "there is no option",
                       argv[optind - 1]);
        wrong = row->set(self, optarg, row);
        if (wrong)
            return wsm_failure_make(self->pool, WSM_FAILURE_USE, 0,
                                    "--%s wants %s, not '%s'", row->name, wrong,
                                    optarg);
        before = optind;
    }
    *ended = optind > before && !strcmp(argv[optind - 1], "--");
    return NULL;
}

static int is_remote(const wsman_program_t *program, const char *command)
{
    for (int i = 0; program->remote && program->remote[i]; i++)
        if (!strcmp(program->remote[i], command))
            return 1;
    return 0;
}

/** @return true if the last word is one that another shall run */
static int begins_command(const wsman_reading_t *self)
{
    const wsman_program_t *program = self->options->program;
    return is_remote(program, APR_ARRAY_IDX(self->words, 0, const char *)) &&
           self->words->nelts == (self->host ? 2 : 3);
}

static wsm_failure_t *read_line(wsman_reading_t *self, int argc, char **argv)
{
    wsm_failure_t *failure;
    int ended = 0;
    rows_t all;
    gather(&all, self->options->program);
    failure = read_options(self, &all, &ended, argc, argv);
    while (!failure && !self->asked && optind < argc) {
        APR_ARRAY_PUSH(self->words, const char *) = argv[optind++];
        if (!ended && !(ended = begins_command(self)))
            failure = read_options(self, &all, &ended, argc, argv);
    }
    return failure;
}

static wsm_failure_t *read_command(wsman_reading_t *self)
{
    wsman_options_t *options = self->options;
    const wsman_command_t *command = options->program->commands;
    const char *const *words =
        (const char *const *)(const void *)self->words->elts;
    if (!self->words->nelts)
        return wsm_failure_make(self->pool, WSM_FAILURE_USE, 0,
                                "no command; see %s --help",
                                options->program->name);
    while (command->name && strcmp(command->name, words[0]))
        command++;
    if (!command->name)
        return use(self->pool, "there is no command", words[0]);
    options->command = command;
    options->is_remote = is_remote(options->program, command->name);
    options->arguments = words + 1;
    options->narguments = self->words->nelts - 1;
    if (options->narguments < command->least ||
        (command->most >= 0 && options->narguments > command->most))
        return wsm_failure_make(self->pool, WSM_FAILURE_USE, 0,
                                "it is: %s %s %s", options->program->name,
                                command->name, command->arguments);
    return NULL;
}

wsm_failure_t *wsman_options_read(wsman_options_t *options,
                                  wsman_asked_e *asked,
                                  const wsman_program_t *program, int argc,
                                  char **argv, apr_pool_t *pool)
{
    wsman_reading_t self = {
        .options = options,
        .option_set = apr_array_make(pool, 2, sizeof(wsm_option_t)),
        .selectors = apr_array_make(pool, 2, sizeof(wsm_selector_t)),
        .columns = apr_array_make(pool, 8, sizeof(const char *)),
        .environment = apr_array_make(pool, 8, sizeof(wsm_client_variable_t)),
        .words = apr_array_make(pool, 8, sizeof(const char *)),
        .pool = pool,
    };
    wsm_failure_t *failure;
    options->program = program;
    wsm_client_defaults(&options->client);
    failure = read_line(&self, argc, argv);
    *asked = self.asked;
    if (failure || self.asked)
        return failure;
    failure = read_command(&self);
    return failure ? failure : program->complete(&self);
}

/* ---- Help */

void wsman_options_help(const wsman_program_t *program)
{
    rows_t all;
    printf("Usage: %s [OPTIONS] COMMAND ...\n\nCommands:\n", program->name);
    for (const wsman_command_t *command = program->commands; command->name;
         command++)
        printf("  %-10s %s\n", command->name, command->arguments);
    gather(&all, program);
    for (int i = 0; i < all.count; i++) {
        const wsman_row_t *row = all.rows[i];
        char name[64];
        if (row->group)
            printf("\n%s:\n", row->group);
        snprintf(name, sizeof(name), "--%s%s%s", row->name,
                 row->argument ? " " : "", row->argument ? row->argument : "");
        printf("  %c%c%c %-28s %s\n", row->letter ? '-' : ' ',
               row->letter ? row->letter : ' ', row->letter ? ',' : ' ', name,
               row->help);
    }
    printf("\n%s", program->footer);
}
