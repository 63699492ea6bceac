/* cim_mof_char.h - characters and escapes of MOF strings (DSP0004 Annex A). */
#ifndef CIM_MOF_CHAR_H
#define CIM_MOF_CHAR_H

#include <apr.h>

/** @return how many bytes the UTF-8 character at p has; 0: it is none */
int cim_mof_char_length(const char *p, const char *end);
/** Reads a UTF-8 character and moves *p behind it.  @return 0 if it is none */
int cim_mof_char_read(const char **p, const char *end, apr_uint32_t *code);
/** Reads an escape from its backslash on: a letter, or \x and one to four hex
 *  digits.  @return NULL, or what is wrong */
const char *cim_mof_char_escape(const char **p, const char *end,
                                apr_uint32_t *code);
/** Adds the second half, an escape, to the half of a character in *code.
 *  @return NULL, or what is wrong */
const char *cim_mof_char_pair(const char **p, const char *end,
                              apr_uint32_t *code);
/** Writes a character as UTF-8.  @return the place after it */
char *cim_mof_char_put(char *out, apr_uint32_t code);

#endif
