using System.Buffers.Binary;

namespace FaceEdge.Tests.Imaging;

/// <summary>ICC profiles put together by hand (ICC.1:2010).</summary>
internal static class ColourProfiles
{
    /// <summary>A display's profile of version 2: primaries as of Display P3 in D50, a plain gamma.</summary>
    internal static byte[] WideGamut(double gamma)
    {
        (string Name, byte[] Content)[] tags =
        [
            ("rXYZ", Xyz(0.5151, 0.2412, -0.0011)), ("gXYZ", Xyz(0.2919, 0.6922, 0.0419)), ("bXYZ", Xyz(0.1572, 0.0666, 0.7841)),
            ("wtpt", Xyz(0.9642, 1, 0.8249)), ("rTRC", Curve(gamma)), ("gTRC", Curve(gamma)), ("bTRC", Curve(gamma)),
        ];
        int size = 128 + 4 + (12 * tags.Length) + tags.Sum(tag => tag.Content.Length);
        byte[] profile = new byte[size];
        BinaryPrimitives.WriteInt32BigEndian(profile, size);
        profile[8] = 2; // version
        "mntrRGB XYZ "u8.CopyTo(profile.AsSpan(12));
        "acsp"u8.CopyTo(profile.AsSpan(36));
        Xyz(0.9642, 1, 0.8249).AsSpan(8).CopyTo(profile.AsSpan(68)); // the illuminant, D50
        BinaryPrimitives.WriteInt32BigEndian(profile.AsSpan(128), tags.Length);
        int entry = 132, at = 132 + (12 * tags.Length);
        foreach ((string name, byte[] content) in tags)
        {
            System.Text.Encoding.ASCII.GetBytes(name, profile.AsSpan(entry));
            BinaryPrimitives.WriteInt32BigEndian(profile.AsSpan(entry + 4), at);
            BinaryPrimitives.WriteInt32BigEndian(profile.AsSpan(entry + 8), content.Length);
            content.CopyTo(profile, at);
            entry += 12;
            at += content.Length;
        }

        return profile;
    }

    private static byte[] Xyz(params double[] values)
    {
        byte[] tag = [.. "XYZ \0\0\0\0"u8, .. new byte[12]];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(tag.AsSpan(8 + (4 * i)), (int)Math.Round(values[i] * 65536));
        }

        return tag;
    }

    private static byte[] Curve(double gamma)
    {
        byte[] tag = [.. "curv\0\0\0\0"u8, 0, 0, 0, 1, .. new byte[4]]; // one value: a gamma in 8.8 bits, padded
        BinaryPrimitives.WriteUInt16BigEndian(tag.AsSpan(12), (ushort)(gamma * 256));
        return tag;
    }
}
