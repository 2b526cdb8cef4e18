using System.Security.Cryptography;
using System.Text;
using FaceEdge.Storage;

namespace FaceEdge.Migration;

/// <summary>
/// Tells rows apart by what is in them: wherever the file lies and whatever its rows are numbered, the same row has the same hash.
/// Whoever uses it has asked <see cref="OpenSsl.Check"/> before.
/// </summary>
internal static class RowHash
{
    private const int Bytes = 16;

    /// <summary>The first 128 bits of a SHA-256.</summary>
    /// <param name="person">Whose it is said to be.</param>
    /// <param name="row">The row.</param>
    public static byte[] Of(PersonKey person, LegacyRow row) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{person} {Digest(row.Picture)} {Digest(row.Encoding)} {row.TooLarge}"))[..Bytes];

    private static string Digest(object? cell) => cell switch
    {
        null => "-",
        byte[] bytes => Convert.ToHexStringLower(SHA256.HashData(bytes)),
        _ => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(cell.ToString()!))),
    };
}
