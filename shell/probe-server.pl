# What the pods of `verify` serve, beside being looked from: HTTP that tells the client's address, and UDP that sends everything back.
#   perl -e SCRIPT PORT
use strict;
use warnings;
use IO::Select;
use IO::Socket::IP;

my $port = shift;
$SIG{PIPE} = 'IGNORE';
$SIG{TERM} = sub { exit 0 };
my $tcp = IO::Socket::IP->new(LocalHost => '::', LocalPort => $port, Listen => 128, ReuseAddr => 1, Proto => 'tcp') or die "TCP port $port: $@\n";
my $udp = IO::Socket::IP->new(LocalHost => '::', LocalPort => $port, Proto => 'udp') or die "UDP port $port: $@\n";
my $waiting = IO::Select->new($tcp, $udp);
print "ready\n";
while (1) {
  for my $socket ($waiting->can_read) {
    if ($socket == $udp) {
      my $from = $udp->recv(my $data, 65_535);
      $udp->send($data, 0, $from) if defined $from;
    } elsif ($socket == $tcp) {
      my $client = $tcp->accept or next;
      $waiting->add($client);
    } else {
      answer($socket);
      $waiting->remove($socket);
      close $socket;
    }
  }
}

# A client that closes without a word only wanted to know that it gets here.
sub answer {
  my $client = shift;
  sysread $client, my $request, 4096 or return;
  my $body = 'source ' . $client->peerhost . "\n";
  syswrite $client, "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " . length($body) . "\r\n\r\n$body";
}
