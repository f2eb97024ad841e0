// The files of Web/, made part of the program by the compiler. A new file there needs its three lines and its row here;
// a test compares the table with the folder.

#include "web_files.h"

static const unsigned char index_html[] = {
#embed "../../Web/index.html"
};

#define FILE(path, bytes) {path, bytes, sizeof bytes}

static const web_file files[] = {
    FILE("index.html", index_html),
};

size_t web_file_count(void) { return sizeof files / sizeof files[0]; }
web_file web_file_at(size_t index) { return files[index]; }
