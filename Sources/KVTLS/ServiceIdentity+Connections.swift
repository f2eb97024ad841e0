package import AsyncHTTPClient
import NIOCore
package import NIOSSL

extension HTTPClient.Configuration {
    /// Makes the client refuse connections to servers whose certificate is not for this host. Nothing of a request is sent to
    /// them. For a client that only connects over TLS, and to this host.
    package mutating func require(_ identity: ServiceIdentity) {
        // Despite their names these are part of each connection: requests wait for them.
        http1_1ConnectionDebugInitializer = { identity.check($0) }
        http2ConnectionDebugInitializer = { identity.check($0) }
    }
}

extension ServiceIdentity {
    /// Fails with `WrongServiceIdentity`, after the channel is closed, unless the certificate of the peer is for this host.
    ///
    /// The client must see the end of the connection before its failure: it takes a connection that closes later for one of
    /// those that it may use.
    fileprivate func check(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.nioSSL_peerCertificate().flatMap { certificate in
            if let certificate, matches(certificate) { return channel.eventLoop.makeSucceededVoidFuture() }
            channel.close(promise: nil)
            return channel.closeFuture.flatMapThrowing { throw WrongServiceIdentity() }
        }
    }

    /// Returns a TLS handler for a connection to this host, which lets nothing through before the certificate has been verified.
    package func handler(_ context: NIOSSLContext, serverHostname: String?) throws -> NIOSSLClientHandler {
        try NIOSSLClientHandler._makeSSLClientHandler(context: context, serverHostname: serverHostname) {
            certificate, channel in
            matches(certificate)
                ? channel.eventLoop.makeSucceededVoidFuture()
                : channel.eventLoop.makeFailedFuture(WrongServiceIdentity())
        }
    }
}
