#include <microhttpd.h>

// MHD_start_daemon is variadic, which Swift cannot call: every option goes through the array.
static inline struct MHD_Daemon *sluice_start_daemon(
    unsigned flags, uint16_t port, MHD_AccessHandlerCallback handler, void *handler_context,
    MHD_RequestCompletedCallback completed, void *completed_context, struct MHD_OptionItem *options) {
  return MHD_start_daemon(
      flags, port, NULL, NULL, handler, handler_context,
      MHD_OPTION_NOTIFY_COMPLETED, completed, completed_context,
      MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}
