#pragma once
#include <microhttpd.h>

// MHD_start_daemon is variadic, which Swift cannot call: every option goes through the array.
static inline struct MHD_Daemon *sluice_start_daemon(
    unsigned flags, MHD_AccessHandlerCallback handler, void *handler_context,
    MHD_RequestCompletedCallback completed, void *completed_context, struct MHD_OptionItem *options) {
  return MHD_start_daemon(
      flags, 0, NULL, NULL, handler, handler_context,
      MHD_OPTION_NOTIFY_COMPLETED, completed, completed_context,
      MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

// MHD_get_connection_info is variadic as well: one door for each thing that is asked.
static inline int sluice_socket(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info ? info->connect_fd : -1;
}

static inline const struct sockaddr *sluice_client_address(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  return info ? info->client_addr : NULL;
}

// What Swift does not see of macros that are no plain numbers.
static const uint64_t sluice_unknown_size = MHD_SIZE_UNKNOWN;
static const ssize_t sluice_end_of_stream = MHD_CONTENT_READER_END_OF_STREAM;

// What the connected callback stored in *socket_context.
static inline void *sluice_socket_context(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info ? info->socket_context : NULL;
}

// The status of the response that is queued, also of one that the library made itself; 0 when there is none.
static inline unsigned sluice_response_status(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_HTTP_STATUS);
  return info ? info->http_status : 0;
}

// The gnutls_session_t of a connection; NULL where it is not encrypted.
static inline void *sluice_tls_session(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
  return info ? info->tls_session : NULL;
}
