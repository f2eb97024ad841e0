#pragma once

#include <stddef.h>

/// One file of the web interface, as it lies in the program.
typedef struct {
    const char *path;
    const unsigned char *bytes;
    size_t size;
} web_file;

size_t web_file_count(void);
web_file web_file_at(size_t index);

/// The description of the API.
web_file openapi_document(void);
