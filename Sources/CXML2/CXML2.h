#pragma once
// Debian's libxml2 headers pull in ICU's, which clash with Foundation's own copy of ICU in a module
// that imports both. Nothing here needs libxml2's ICU types, so they are left out.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/SAX2.h>
#include <libxml/xmlschemas.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlreader.h>

// xmlFree is a mutable global function pointer, which Swift 6 does not let us call.
static inline void cxml_free(void *pointer) { xmlFree(pointer); }
