// The description of the API, served beside the web interface.

#include "web_files.h"

static const unsigned char openapi_json[] = {
#embed "../../Docs/openapi.json"
};

web_file openapi_document(void) {
    return (web_file){"openapi.json", openapi_json, sizeof openapi_json};
}
